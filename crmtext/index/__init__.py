"""Everything kept between calls; may be deleted at any time."""
