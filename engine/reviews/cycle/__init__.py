"""The cycle itself: from its draft over the launch to its reviews, and what reopens them."""
