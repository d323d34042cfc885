"""The table of steps: in which order a pass does them, and what each needs. Conditions, tests and docs follow it.

A step that fails holds nobody up but those that need what it gives.
"""

from typing import Final

from panko_operator.passes.facts import (
    Accounts,
    Answering,
    Certified,
    Configuration,
    Deployed,
    Exposed,
    Inputs,
    Published,
    Registered,
    Schema,
)
from panko_operator.passes.step import Step, in_order
from panko_operator.steps import (
    api,
    bindings,
    certificate,
    config,
    credentials,
    database,
    expirer,
    inputs,
    keystone,
    monitoring,
    service,
    smoke_test,
)
from panko_operator.steps.collector import collector
from panko_operator.steps.dbsync import contraction, schema
from panko_operator.steps.parts import standing

STEPS: Final = in_order(
    Step("InputReady", inputs.inputs, gives=Inputs),
    Step("DBReady", database.database, needs=(Inputs,), gives=Accounts),
    Step("DBSyncReady", schema.schema, needs=(Inputs, Accounts), gives=Schema, stands=standing.schema),
    Step("KeystoneServiceReady", keystone.service_user, needs=(Inputs,), gives=Registered),
    Step(
        "ServiceConfigReady",
        config.config,
        needs=(Inputs, Accounts, Registered),
        gives=Configuration,
        stands=standing.configuration,
    ),
    Step("CertificateReady", certificate.certificate, gives=Certified, stands=standing.certificate),
    Step(
        "DeploymentReady",
        api.api,
        needs=(Schema, Registered, Configuration, Certified),
        gives=Deployed,
        rests=(Schema, Configuration, Certified),
    ),
    Step("ExposeServiceReady", service.service, needs=(Certified,), gives=Exposed, rests=(Certified,)),
    Step(
        "EventAPIReady",
        smoke_test.smoke_test,
        needs=(Inputs, Registered, Certified, Deployed, Exposed),
        gives=Answering,
    ),
    Step("KeystoneEndpointReady", keystone.endpoints, needs=(Inputs, Registered, Answering), gives=Published),
    Step("BindingReady", bindings.bindings, needs=(Inputs, Configuration, Certified, Deployed, Exposed)),
    Step("CollectorReady", collector.collector, needs=(Accounts, Schema)),
    Step("CronJobReady", expirer.expirer, needs=(Schema,), rests=(Schema,)),
    Step(
        "CredentialsCurrent",
        credentials.credentials,
        needs=(Inputs, Accounts, Registered, Configuration, Deployed, Published),
    ),
    Step("DBContractReady", contraction.contraction, needs=(Schema, Deployed, Answering)),
    Step("MonitoringReady", monitoring.monitoring, needs=(Inputs,)),
)
