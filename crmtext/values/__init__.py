"""Values as users write them: dates, money, phones, names."""
