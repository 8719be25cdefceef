using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace ActorOrchestrator.Api;

/// <summary>Reading and writing: sign, digits with a point, and a suffix of one of the three families.</summary>
public readonly partial struct Quantity
{
    private const string FormatError =
        "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'";
    private const string NumberError = "unable to parse numeric part of quantity";
    private const string SuffixError = "unable to parse quantity's suffix";

    private static readonly string[] DecimalSuffixes = ["n", "u", "m", "", "k", "M", "G", "T", "P", "E"];
    private static readonly string[] BinarySuffixes = ["", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei"];

    /// <exception cref="FormatException">The text is no quantity; the message is Kubernetes' own.</exception>
    public static Quantity Parse(string text) =>
        TryParse(text, out var quantity, out var error) ? quantity : throw new FormatException(error);

    public static bool TryParse(
        ReadOnlySpan<char> text, out Quantity quantity, [NotNullWhen(false)] out string? error)
    {
        quantity = default;
        var index = text is ['+' or '-', ..] ? 1 : 0;
        var start = index;
        while (index < text.Length && (char.IsAsciiDigit(text[index]) || text[index] == '.'))
        {
            index++;
        }

        var number = text[start..index];
        if (number.IsEmpty)
        {
            return Fail(FormatError, out error);
        }

        if (number.Count('.') > 1 || number is ".")
        {
            return Fail(NumberError, out error);
        }

        if (!TrySuffix(text[index..], out var format, out var exponent))
        {
            return Fail(SuffixError, out error);
        }

        var nanos = Scale(number, format == QuantityFormat.BinarySi ? exponent : 0,
            format == QuantityFormat.BinarySi ? 0 : exponent);
        quantity = new Quantity(text[0] == '-' ? -nanos : nanos, format);
        error = null;
        return true;
    }

    public override string ToString()
    {
        if (_format == QuantityFormat.BinarySi)
        {
            var units = _nanos / UnitNanos;
            var power = 0;
            while (power < BinarySuffixes.Length - 1 && units % 1024 == 0 && units != 0)
            {
                units /= 1024;
                power++;
            }

            return units.ToString(CultureInfo.InvariantCulture) + BinarySuffixes[power];
        }

        var (mantissa, exponent) = DecimalParts(_nanos);
        var digits = mantissa.ToString(CultureInfo.InvariantCulture);
        return _format == QuantityFormat.DecimalExponent && exponent != 0
            ? $"{digits}e{exponent}"
            : digits + DecimalSuffixes[exponent / 3 + 3];
    }

    /// <summary>
    /// The number as mantissa × 10^exponent with the largest exponent that is a multiple of 3, -9 to 18.
    /// </summary>
    private static (Int128 Mantissa, int Exponent) DecimalParts(Int128 nanos)
    {
        if (nanos == 0)
        {
            return (0, 0);
        }

        var exponent = -9;
        while (exponent < 18 && nanos % 1000 == 0)
        {
            nanos /= 1000;
            exponent += 3;
        }

        return (nanos, exponent);
    }

    private static bool Fail(string reason, out string error)
    {
        error = reason;
        return false;
    }

    private static bool TrySuffix(ReadOnlySpan<char> suffix, out QuantityFormat format, out int exponent)
    {
        format = QuantityFormat.DecimalSi;
        exponent = 0;
        for (var i = 0; i < DecimalSuffixes.Length; i++)
        {
            if (suffix.SequenceEqual(DecimalSuffixes[i]))
            {
                exponent = (i - 3) * 3;
                return true;
            }
        }

        for (var i = 1; i < BinarySuffixes.Length; i++)
        {
            if (suffix.SequenceEqual(BinarySuffixes[i]))
            {
                format = QuantityFormat.BinarySi;
                exponent = i;
                return true;
            }
        }

        format = QuantityFormat.DecimalExponent;
        return suffix is ['e' or 'E', ..] && suffix.Length <= 6
            && int.TryParse(suffix[1..], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out exponent);
    }

    /// <summary>
    /// Billionths of <c>number × 1024^power × 10^exponent</c>, a rest rounded up, limited to the range.
    /// </summary>
    private static Int128 Scale(ReadOnlySpan<char> number, int power, int exponent)
    {
        var point = number.IndexOf('.');
        var fraction = point < 0 ? 0 : number.Length - point - 1;
        var mantissa = System.Numerics.BigInteger.Zero;
        foreach (var digit in number)
        {
            if (digit != '.')
            {
                mantissa = mantissa * 10 + (digit - '0');
            }
        }

        if (mantissa.IsZero)
        {
            return 0;
        }

        mantissa <<= 10 * power;
        var shift = exponent - fraction + 9;
        // Beyond these bounds the result is the limit, or one billionth, whatever the digits are.
        if (shift > 60)
        {
            return LimitNanos;
        }

        if (shift < 0)
        {
            if (-shift > number.Length + 80)
            {
                return 1;
            }

            var (quotient, rest) = System.Numerics.BigInteger.DivRem(
                mantissa, System.Numerics.BigInteger.Pow(10, -shift));
            mantissa = rest.IsZero ? quotient : quotient + 1;
        }
        else
        {
            mantissa *= System.Numerics.BigInteger.Pow(10, shift);
        }

        return mantissa > (System.Numerics.BigInteger)LimitNanos ? LimitNanos : (Int128)mantissa;
    }
}
