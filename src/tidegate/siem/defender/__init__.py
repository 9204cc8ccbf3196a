"""The Defender for Endpoint API: alerts and machines (Microsoft, "Supported Microsoft Defender APIs")."""
