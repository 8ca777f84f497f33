"""The professions of those who lead in primary care."""

from django.db import models


class Profession(models.TextChoices):
    """Everyone who leads in primary care, not only doctors."""

    GP = "gp", "GP"
    NURSE = "nurse", "Nurse or nursing associate"
    PHARMACIST = "pharmacist", "Pharmacist or pharmacy technician"
    MANAGER = "manager", "Practice or service manager"
    PARAMEDIC = "paramedic", "Paramedic"
    PHYSIOTHERAPIST = "physiotherapist", "Physiotherapist"
    PHYSICIAN_ASSOCIATE = "physician_associate", "Physician associate"
    OCCUPATIONAL_THERAPIST = "occupational_therapist", "Occupational therapist"
    DIETITIAN = "dietitian", "Dietitian"
    PODIATRIST = "podiatrist", "Podiatrist"
    MIDWIFE = "midwife", "Midwife"
    HEALTH_VISITOR = "health_visitor", "Health visitor"
    MENTAL_HEALTH = "mental_health", "Mental health practitioner"
    SOCIAL_PRESCRIBER = "social_prescriber", "Social prescriber, care co-ordinator or health coach"
    SOCIAL_WORKER = "social_worker", "Social worker"
    DENTAL = "dental", "Dental professional"
    OPTOMETRIST = "optometrist", "Optometrist"
    AUDIOLOGIST = "audiologist", "Audiologist"
    HEALTHCARE_ASSISTANT = "healthcare_assistant", "Healthcare assistant"
    ADMINISTRATION = "administration", "Receptionist or administrator"
    PUBLIC_HEALTH = "public_health", "Public health professional"
    LAY = "lay", "Patient or lay leader"
    OTHER = "other", "Another profession"
