"""What is measured, one file a theme. Each case gives figures beside their ceilings."""
