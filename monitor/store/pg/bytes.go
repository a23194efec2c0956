package pg

import (
	"context"
	"encoding/binary"
	"slices"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"
)

// bodyArrays encodes columns of bodies, which are nearly all of what a commit
// sends, into room taken once. pgx itself asks for it element by element, and moves
// what is there each time.
type bodyArrays struct{ *pgtype.ArrayCodec }

func useBodyArrays(_ context.Context, c *pgx.Conn) error {
	types := c.TypeMap()
	element, _ := types.TypeForOID(pgtype.ByteaOID)
	types.RegisterType(&pgtype.Type{Name: "_bytea", OID: pgtype.ByteaArrayOID, Codec: bodyArrays{&pgtype.ArrayCodec{ElementType: element}}})
	return nil
}

func (a bodyArrays) PlanEncode(m *pgtype.Map, oid uint32, format int16, value any) pgtype.EncodePlan {
	if bodies, ok := value.([][]byte); ok && format == pgtype.BinaryFormatCode && len(bodies) > 0 {
		return encodeBodies{}
	}
	return a.ArrayCodec.PlanEncode(m, oid, format, value)
}

type encodeBodies struct{}

// Encode appends an array of one dimension in the server's binary form: its
// dimensions, whether there are nulls, the type of its elements, length and lower
// bound, then each element behind its length.
func (encodeBodies) Encode(value any, buf []byte) ([]byte, error) {
	bodies := value.([][]byte)
	size := 20
	for _, b := range bodies {
		size += 4 + len(b)
	}
	buf = slices.Grow(buf, size)
	for _, n := range [...]uint32{1, 0, pgtype.ByteaOID, uint32(len(bodies)), 1} {
		buf = binary.BigEndian.AppendUint32(buf, n)
	}
	for _, b := range bodies {
		buf = append(binary.BigEndian.AppendUint32(buf, uint32(len(b))), b...)
	}
	return buf, nil
}
