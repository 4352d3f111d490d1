"""Findings written for others: CSV, JSON, CORE, one HTML page, a workbook; reader against reader.

Nothing is judged here.
"""
