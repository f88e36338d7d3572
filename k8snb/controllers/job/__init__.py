"""The Job controller: pods that run to their end, as many as a job asks for."""

from k8snb.controllers.job.controller import JobController

__all__ = ["JobController"]
