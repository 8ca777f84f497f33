"""Collaborate on one machine: its servers, its processes, its tests."""
