from leaders.admin import cohorts, groups, imports, leaders, organisations, records, rules, signposts

__all__ = ["cohorts", "groups", "imports", "leaders", "organisations", "records", "rules", "signposts"]
