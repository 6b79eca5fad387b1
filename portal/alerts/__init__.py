"""Alerts: saved queries, and telling mails, robots of group chats and webhooks what is new of them."""
