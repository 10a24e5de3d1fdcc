"""What every part of the shop may lean on: ids, money, time, refusals, languages."""
