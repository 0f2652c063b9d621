"""The cluster, as Camunda's clients ask for it: one broker with one partition."""

from __future__ import annotations

from typing import ClassVar

from flask import request
from marshmallow import fields
from sqlalchemy import select

from api import auth
from api.blueprint import CamundaBlueprint
from api.fields import CamelSchema
from api.views import View
from engine.db import ProcessNumber

blueprint = CamundaBlueprint("cluster", __name__, url_prefix="/v2")

FOLLOWED = "8.10.0"
"""The release of Camunda whose API is followed; its clients compare it with what they can do."""


class PartitionSchema(CamelSchema):
    """A partition: all there is."""

    partition_id = fields.Integer()
    role = fields.String()
    health = fields.String()
    state = fields.String()


class BrokerSchema(CamelSchema):
    """A broker: this server."""

    node_id = fields.Integer()
    broker_id = fields.String()
    host = fields.String()
    port = fields.Integer()
    partitions = fields.List(fields.Nested(PartitionSchema))
    version = fields.String()


class LicenseSchema(CamelSchema):
    """The licence."""

    valid_license = fields.Boolean()
    license_type = fields.String()
    is_commercial = fields.Boolean()
    expires_at = fields.String(allow_none=True)


class TopologySchema(CamelSchema):
    """The cluster."""

    brokers = fields.List(fields.Nested(BrokerSchema))
    cluster_id = fields.String(allow_none=True)
    cluster_size = fields.Integer()
    partitions_count = fields.Integer()
    replication_factor = fields.Integer()
    gateway_version = fields.String()
    last_completed_change_id = fields.String()


@blueprint.route("/topology")
class Topology(View):
    """The cluster."""

    @blueprint.response(200, TopologySchema)
    @blueprint.refuses()
    def get(self) -> dict[str, object]:
        """Get the topology of the cluster."""
        host, _, port = request.host.rpartition(":") if ":" in request.host else (request.host, "", "80")
        partition = {"partition_id": 1, "role": "leader", "health": "healthy", "state": "active"}
        broker = {
            "node_id": 0,
            "broker_id": "0",
            "host": host,
            "port": int(port),
            "partitions": [partition],
            "version": FOLLOWED,
        }
        return {
            "brokers": [broker],
            "cluster_id": None,
            "cluster_size": 1,
            "partitions_count": 1,
            "replication_factor": 1,
            "gateway_version": FOLLOWED,
            "last_completed_change_id": "-1",
        }


@blueprint.route("/license")
class License(View):
    """The licence: a free one, which does not end."""

    decorators: ClassVar = [auth.open_to_all]

    @blueprint.response(200, LicenseSchema)
    @blueprint.refuses()
    def get(self) -> dict[str, object]:
        """Get the licence."""
        return {"valid_license": True, "license_type": "MIT", "is_commercial": False, "expires_at": None}


@blueprint.route("/status")
class Status(View):
    """Whether the cluster can work."""

    decorators: ClassVar = [auth.open_to_all]

    @blueprint.response(204)
    @blueprint.refuses()
    def get(self) -> None:
        """Get the status of the cluster."""
        self.session.execute(select(ProcessNumber.last))
