"""Rows of small counters, 256 bits wide, added and compared a row at a time.

numba leaves such short loops scalar, so the two operations are written in LLVM's portable vector types: AVX2 where
there is AVX2, other instructions elsewhere. A row is four unsigned 64-bit words; a word is cut into counters of 8 or 16
bits. Addition of whole words is addition of all counters as long as none overflows, which callers see to. The highest
bit of every counter is its flag.
"""

from __future__ import annotations

from typing import Any

from llvmlite import ir
from numba import types
from numba.extending import intrinsic

WORDS = 4
WORD = ir.IntType(64)
ROW = ir.VectorType(WORD, WORDS)
ALIGNMENT = 8


def _row(context: Any, builder: Any, kind: Any, array: Any, index: Any) -> Any:
    """Where row `index` of a contiguous array of words starts."""
    data = context.make_array(kind)(context, builder, array).data
    return builder.gep(builder.bitcast(data, ROW.as_pointer()), [index])


def _load(builder: Any, where: Any) -> Any:
    value = builder.load(where)
    value.align = ALIGNMENT
    return value


def _store(builder: Any, value: Any, where: Any) -> None:
    builder.store(value, where).align = ALIGNMENT


@intrinsic
def add_row(typing_context, counters, row, addends, addend):  # type: ignore[no-untyped-def]
    """`counters[row] += addends[addend]`, both shape (rows, 4), contiguous, uint64."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        target = _row(context, builder, signature.args[0], arguments[0], arguments[1])
        addend = _row(context, builder, signature.args[2], arguments[2], arguments[3])
        _store(builder, builder.add(_load(builder, target), _load(builder, addend)), target)
        return context.get_dummy_value()

    return types.void(counters, types.uint64, addends, types.uint64), generate


@intrinsic
def next_flagged_row(typing_context, counters, offsets, first_offset, flags, sums, start, rows):  # type: ignore[no-untyped-def]
    """Sum rows from `start` on until a counter of the sum plus its offset has its flag set, and clear them.

    Args:
        counters: shape (rows, 4); the rows visited are set to zero.
        offsets, first_offset: row `i` is compared with the help of `offsets[first_offset + i]`.
        flags: the flag bits of a row, shape (4,).
        sums: the sum of the rows before `start`, shape (4,); holds that of all visited rows afterwards.

    Returns:
        The row at which a flag was set, or -1.
    """

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        counters, offsets, first_offset, flags, sums, start, rows = arguments
        zero = ir.Constant(WORD, 0)
        kinds = signature.args
        counter_rows = _row(context, builder, kinds[0], counters, zero)
        offset_rows = _row(context, builder, kinds[1], offsets, first_offset)
        flag_bits = _load(builder, _row(context, builder, kinds[3], flags, zero))
        sums_at = _row(context, builder, kinds[4], sums, zero)
        before = _load(builder, sums_at)
        entry = builder.block
        check, visit, end = (builder.append_basic_block(name) for name in ("check", "visit", "end"))
        builder.branch(check)

        builder.position_at_end(check)
        index, total = builder.phi(WORD), builder.phi(ROW)
        builder.cbranch(builder.icmp_signed("<", index, rows), visit, end)

        builder.position_at_end(visit)
        counter_row = builder.gep(counter_rows, [index])
        with_row = builder.add(total, _load(builder, counter_row))
        _store(builder, ir.Constant(ROW, [0] * WORDS), counter_row)
        compared = builder.add(with_row, _load(builder, builder.gep(offset_rows, [index])))
        whole = ir.IntType(64 * WORDS)
        set_flags = builder.bitcast(builder.and_(compared, flag_bits), whole)
        following = builder.add(index, ir.Constant(WORD, 1))
        builder.cbranch(builder.icmp_unsigned("!=", set_flags, ir.Constant(whole, 0)), end, check)

        for value, first, then in ((index, start, following), (total, before, with_row)):
            value.add_incoming(first, entry)
            value.add_incoming(then, visit)
        builder.position_at_end(end)
        found, final = builder.phi(WORD), builder.phi(ROW)
        for value, none, some in ((found, ir.Constant(WORD, -1), index), (final, total, with_row)):
            value.add_incoming(none, check)
            value.add_incoming(some, visit)
        _store(builder, final, sums_at)
        return found

    signature = types.int64(counters, offsets, types.int64, flags, sums, types.int64, types.int64)
    return signature, generate
