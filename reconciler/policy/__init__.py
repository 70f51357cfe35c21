"""What every plan is held to: availability, limits, protection, and the rules that a spec must keep."""
