# SPDX-License-Identifier: MIT OR Apache-2.0
"""How gdb prints the kernel crate's types: what they hold, not how. `print/r` shows a value as it is."""

import gdb
from gdb.printing import RegexpCollectionPrettyPrinter, register_pretty_printer


def counter(value):
    """The number that an atomic type of C's is, however deep it is wrapped."""
    while value.type.code in (gdb.TYPE_CODE_STRUCT, gdb.TYPE_CODE_UNION):
        names = [field.name for field in value.type.fields()]
        known = [name for name in ("value", "refs", "counter") if name in names]
        value = value[known[0] if known else names[0]]
    return int(value)


class Arc:
    """`Arc` and `ArcBorrow`: the count of its references, and the value that they share."""

    def __init__(self, value):
        inner = value[value.type.fields()[0]]["pointer"].dereference()
        self.count, self.data = counter(inner["refcount"]), inner["data"]

    def children(self):
        yield "refcount", self.count
        yield "data", self.data


class Lock:
    """`Mutex` and `SpinLock`: the value that it protects."""

    def __init__(self, value):
        self.data = value["data"]["value"]

    def children(self):
        yield "data", self.data


class Vec:
    """`KVec` and its like: the elements."""

    def __init__(self, value):
        self.begin, self.len = value["ptr"]["pointer"], int(value["len"])

    def display_hint(self):
        return "array"

    def to_string(self):
        return f"Vec of {self.len}"

    def children(self):
        for index in range(self.len):
            yield str(index), self.begin[index]


class RBTree:
    """`RBTree`: its keys and values in the order of the keys."""

    def __init__(self, value):
        self.root = value["root"]["rb_node"]
        self.node = value["_p"].type.template_argument(0)
        (links,) = [field for field in self.node.fields() if field.name == "links"]
        self.offset = links.bitpos // 8

    def display_hint(self):
        return "map"

    def to_string(self):
        return f"RBTree of {sum(1 for _ in self.below(self.root))}"

    def children(self):
        for number, links in enumerate(self.below(self.root)):
            address = int(links) - self.offset
            node = gdb.Value(address).cast(self.node.pointer()).dereference()
            yield f"key {number}", node["key"]
            yield f"value {number}", node["value"]

    def below(self, links):
        if int(links):
            yield from self.below(links["rb_left"])
            yield links
            yield from self.below(links["rb_right"])


class Pointer:
    """`ARef` and `Page`: the address of an object of C's."""

    def __init__(self, value):
        self.pointer = value[value.type.fields()[0]]["pointer"]

    def to_string(self):
        return str(self.pointer)


class Counter:
    """`Refcount` and `Atomic`: the number."""

    def __init__(self, value):
        self.value = counter(value)

    def to_string(self):
        return str(self.value)


PRINTERS = RegexpCollectionPrettyPrinter("kernel")
PRINTERS.add_printer("Arc", r"^kernel::sync::arc::Arc(Borrow)?<", Arc)
PRINTERS.add_printer("Lock", r"^kernel::sync::lock::Lock<", Lock)
PRINTERS.add_printer("Vec", r"^kernel::alloc::kvec::Vec<", Vec)
PRINTERS.add_printer("RBTree", r"^kernel::rbtree::RBTree<", RBTree)
PRINTERS.add_printer("ARef", r"^kernel::sync::aref::ARef<", Pointer)
PRINTERS.add_printer("Page", r"^kernel::page::Page$", Pointer)
PRINTERS.add_printer("Refcount", r"^kernel::sync::refcount::Refcount$", Counter)
PRINTERS.add_printer("Atomic", r"^kernel::sync::atomic::Atomic<", Counter)
register_pretty_printer(None, PRINTERS)
