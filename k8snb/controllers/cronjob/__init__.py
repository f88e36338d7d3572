"""The CronJob controller: jobs at the minutes that a schedule names."""

from k8snb.controllers.cronjob.controller import CronJobController

__all__ = ["CronJobController"]
