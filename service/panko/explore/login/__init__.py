"""How people log in: with their password of Keystone, which is sent there and kept nowhere."""
