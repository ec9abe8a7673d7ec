"""The workbook with live formulas."""
