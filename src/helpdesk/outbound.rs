//! Marketplace text, made harmless before it goes to a helpdesk.
