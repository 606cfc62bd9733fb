"""Values as people write them: dates, money, phones, names."""
