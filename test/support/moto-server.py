"""Serves AWS as moto emulates it on a free port, prints the port, and ends when standard input does, so that a killed
test run leaves no server behind."""

import logging
import sys
import warnings

from moto.core.common_models import CloudFormationModel
from moto.scheduler.models import scheduler_backends
from moto.server import ThreadedMotoServer


class ScheduleGroup(CloudFormationModel):
    """AWS::Scheduler::ScheduleGroup, which moto's scheduler has and its CloudFormation lacks."""

    # moto files a model under the service that its module is named for.
    __module__ = "moto.scheduler.models"

    def __init__(self, group):
        self.arn = group.arn
        self.physical_resource_id = group.name

    @staticmethod
    def cloudformation_name_type():
        return "Name"

    @staticmethod
    def cloudformation_type():
        return "AWS::Scheduler::ScheduleGroup"

    @classmethod
    def has_cfn_attr(cls, attr):
        return attr == "Arn"

    def get_cfn_attribute(self, attribute_name):
        return self.arn

    @classmethod
    def create_from_cloudformation_json(cls, resource_name, cloudformation_json, account_id, region_name, **kwargs):
        return cls(scheduler_backends[account_id][region_name].create_schedule_group(resource_name, []))

    @classmethod
    def update_from_cloudformation_json(cls, original_resource, new_resource_name, cloudformation_json, account_id, region_name):
        return original_resource

    @classmethod
    def delete_from_cloudformation_json(cls, resource_name, cloudformation_json, account_id, region_name):
        scheduler_backends[account_id][region_name].delete_schedule_group(resource_name)


logging.disable(logging.WARNING)
warnings.simplefilter("ignore")
server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
server.start()
print(server.get_host_and_port()[1], flush=True)
sys.stdin.read()
