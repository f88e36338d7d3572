"""The controllers, a package each; they meet only through the store."""
