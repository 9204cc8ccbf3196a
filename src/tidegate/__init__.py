"""Tidegate: the gate through which a security provider enters each of its customers' tenants."""

__version__ = "0.1.0"
