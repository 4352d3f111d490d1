"""What runs the checks: the register, the run, causes, findings.

A check itself stands in `nettumor.edit_checks.rules`, never here.
"""
