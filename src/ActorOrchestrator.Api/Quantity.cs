using System.Diagnostics.CodeAnalysis;

namespace ActorOrchestrator.Api;

/// <summary>How a quantity is written: <c>128Mi</c>, <c>500m</c> or <c>12e6</c>.</summary>
public enum QuantityFormat { DecimalSi, BinarySi, DecimalExponent }

/// <summary>
/// resource.Quantity: an exact decimal number with a unit suffix. Held in billionths (finer fractions are rounded away
/// from zero, as Kubernetes does), limited to ±(2^63 - 1) units if binary, as in Kubernetes, else to ±1.7 * 10^29,
/// where Kubernetes has no limit, and written in Kubernetes' canonical form.
/// Two quantities are equal when they are written alike; <see cref="CompareTo"/> compares their values.
/// </summary>
public readonly partial struct Quantity : IEquatable<Quantity>, IComparable<Quantity>
{
    private static readonly Int128 LimitUnits = (Int128)170_000_000_000 * 1_000_000_000_000_000_000;
    private static readonly Int128 UnitNanos = 1_000_000_000;
    private static readonly Int128 MilliNanos = 1_000_000;
    private static readonly Int128 BinaryLimitNanos = (Int128)long.MaxValue * 1_000_000_000;
    private static readonly Int128 LimitNanos = LimitUnits * 1_000_000_000;

    private readonly Int128 _nanos;
    private readonly QuantityFormat _format;

    private Quantity(Int128 nanos, QuantityFormat format)
    {
        var limit = format == QuantityFormat.BinarySi ? BinaryLimitNanos : LimitNanos;
        _nanos = Int128.Clamp(nanos, -limit, limit);
        // Kubernetes writes binary quantities that are no multiple of 1024, and exponents of zero, as plain numbers;
        // what is written as one is read as one again, and is one from the start.
        var plain = format switch
        {
            QuantityFormat.BinarySi => _nanos % (1024 * UnitNanos) != 0 || _nanos == 0,
            QuantityFormat.DecimalExponent => DecimalParts(_nanos).Exponent == 0,
            _ => true,
        };
        _format = plain ? QuantityFormat.DecimalSi : format;
    }

    public static Quantity Zero => default;

    public QuantityFormat Format => _format;

    public bool IsZero => _nanos == 0;

    public int Sign => Int128.Sign(_nanos);

    /// <summary>In whole units, rounded away from zero, limited to the range of a long (Go's <c>Value()</c>).</summary>
    public long Value => (long)Int128.Clamp(RoundAway(_nanos, UnitNanos), -(Int128)long.MaxValue, long.MaxValue);

    /// <summary>
    /// In thousandths, rounded away from zero, limited to the range of a long (Go's <c>MilliValue()</c>).
    /// </summary>
    public long MilliValue =>
        (long)Int128.Clamp(RoundAway(_nanos, MilliNanos), -(Int128)long.MaxValue, long.MaxValue);

    /// <summary>In thousandths at the finest, rounded away from zero: the form in which amounts of resources are kept
    /// (Go's <c>RoundUp(Milli)</c>).</summary>
    public Quantity RoundedToMilli() =>
        _nanos % MilliNanos == 0 ? this : new(RoundAway(_nanos, MilliNanos) * MilliNanos, _format);

    public static Quantity FromUnits(long units, QuantityFormat format = QuantityFormat.DecimalSi) =>
        new(units * UnitNanos, format);

    public static Quantity FromMilli(long thousandths, QuantityFormat format = QuantityFormat.DecimalSi) =>
        new(thousandths * MilliNanos, format);

    /// <summary>An amount of memory or storage, written with binary suffixes.</summary>
    public static Quantity FromBytes(long bytes) => FromUnits(bytes, QuantityFormat.BinarySi);

    public static Quantity operator +(Quantity left, Quantity right) => left.Add(right);

    public static Quantity operator -(Quantity left, Quantity right) => left.Subtract(right);

    public static bool operator ==(Quantity left, Quantity right) => left.Equals(right);

    public static bool operator !=(Quantity left, Quantity right) => !left.Equals(right);

    public static bool operator <(Quantity left, Quantity right) => left.CompareTo(right) < 0;

    public static bool operator <=(Quantity left, Quantity right) => left.CompareTo(right) <= 0;

    public static bool operator >(Quantity left, Quantity right) => left.CompareTo(right) > 0;

    public static bool operator >=(Quantity left, Quantity right) => left.CompareTo(right) >= 0;

    /// <summary>The sum, written as this one is (as the other, if this one is zero).</summary>
    public Quantity Add(Quantity other) => new(Sum(_nanos, other._nanos), IsZero ? other._format : _format);

    public Quantity Subtract(Quantity other) => new(Sum(_nanos, -other._nanos), IsZero ? other._format : _format);

    public int CompareTo(Quantity other) => _nanos.CompareTo(other._nanos);

    public bool Equals(Quantity other) => _nanos == other._nanos && _format == other._format;

    public override bool Equals([NotNullWhen(true)] object? obj) => obj is Quantity other && Equals(other);

    public override int GetHashCode() => HashCode.Combine(_nanos, _format);

    /// <summary>Limited to the range: two amounts near its end are together more than the number can hold.</summary>
    private static Int128 Sum(Int128 left, Int128 right) => right > 0
        ? left > LimitNanos - right ? LimitNanos : left + right
        : left < -LimitNanos - right ? -LimitNanos : left + right;

    private static Int128 RoundAway(Int128 nanos, Int128 unit)
    {
        var (quotient, rest) = Int128.DivRem(nanos, unit);
        return rest == 0 ? quotient : quotient + Int128.Sign(nanos);
    }
}
