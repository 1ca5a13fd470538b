"""A rule's documentation as text."""

from batchplan.policy.model import Level, Rule


def rule_text(rule: Rule, level: Level | None = None) -> str:
    """Return a rule's documentation as text."""
    lines = [f"{rule.id} {rule.title} ({rule.fault})", "", rule.summary, ""]
    for title, body in (("Why", rule.why), ("Instead", rule.instead), ("Exceptions", rule.exceptions)):
        if body:
            lines += [f"{title}: {body}", ""]
    lines.append(
        f"Severity {rule.severity.word}, level {(rule.level if level is None else level).word}, {_asked(rule)}."
    )
    if rule.params:
        lines += ["", "Parameters:"]
        lines += [f"  {one.name} = {literal(one.default)}   {one.text}" for one in rule.params]
    lines += ["", f"Source: {rule.source}", ""]
    lines.append(f'To accept it on one object: suppress "{rule.id}" {{ reason = "…"  expires = "YYYY-MM-DD" }}')
    return "\n".join(lines) + "\n"


def _asked(rule: Rule) -> str:
    about = ", ".join(rule.kinds) or ("each item of its for_each" if rule.each is not None else "the plan as a whole")
    when = {"static": "always", "live": "when Azure was looked at", "plan": "when planning", "apply": "before an apply"}
    return f"asked {when[rule.phase]} about {about}"


def literal(value: object) -> str:
    """Return the default of a parameter as it is written in a policy set."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, tuple):
        return f"[{', '.join(map(literal, value))}]"
    return f'"{value}"' if isinstance(value, str) else str(value)
