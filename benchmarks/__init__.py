"""What Handrail costs: ``python -m benchmarks`` measures it beside a bare discord.py bot."""
