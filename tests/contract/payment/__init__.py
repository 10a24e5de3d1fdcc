"""The sandbox payment provider keeps the promises of the payment port."""
