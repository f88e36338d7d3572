"""The service account controller: every namespace has an account named ``default``."""

from k8snb.controllers.serviceaccount.controller import ServiceAccountsController

__all__ = ["ServiceAccountsController"]
