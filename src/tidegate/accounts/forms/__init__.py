"""What people type on the pages of signing in and of their own account."""
