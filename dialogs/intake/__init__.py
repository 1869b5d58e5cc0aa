"""The first conversation: from "are you safe" to a case, programs and a person who was told."""
