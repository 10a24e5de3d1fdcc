"""Every dialect the simulator speaks: a module that answers requests, and one that words the news."""

from __future__ import annotations

from litestar import Controller

from infra.warehouse.simulator.dialect_generic import GenericController
from infra.warehouse.simulator.dialect_jushuitan import JushuitanController
from infra.warehouse.simulator.dialect_jushuitan_auth import JushuitanAuthController
from infra.warehouse.simulator.dialect_qimen import QimenController
from infra.warehouse.simulator.dialect_wangdiantong import WangdiantongController

CONTROLLERS: tuple[type[Controller], ...] = (
    JushuitanController, JushuitanAuthController, WangdiantongController, QimenController, GenericController,
)  # fmt: skip
