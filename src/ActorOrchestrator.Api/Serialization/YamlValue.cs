using System.Globalization;
using System.Text.RegularExpressions;

namespace ActorOrchestrator.Api.Serialization;

/// <summary>What a scalar stands for: quoted text is text, plain text may be null, a boolean or a number.</summary>
internal abstract partial record YamlValue
{
    private const string CoreTag = "tag:yaml.org,2002:";

    private YamlValue()
    {
    }

    public sealed record Nothing : YamlValue;

    public sealed record Boolean(bool Value) : YamlValue;

    public sealed record Integer(Int128 Value) : YamlValue;

    public sealed record Real(double Value) : YamlValue;

    public sealed record Text(string Value) : YamlValue;

    /// <exception cref="KubeJsonException">The text does not fit its tag.</exception>
    public static YamlValue Of(string text, bool isPlain, string tag)
    {
        var value = tag switch
        {
            "" => isPlain ? Plain(text) : new Text(text),
            CoreTag + "bool" or CoreTag + "int" or CoreTag + "float" or CoreTag + "null" => Plain(text),
            _ => new Text(text),
        };
        var fits = tag switch
        {
            CoreTag + "bool" => value is Boolean,
            CoreTag + "int" => value is Integer,
            CoreTag + "float" => value is Real or Integer,
            CoreTag + "null" => value is Nothing,
            _ => true,
        };
        return fits
            ? value
            : throw new KubeJsonException($"yaml: cannot decode `{text}` as a !!{tag[CoreTag.Length..]}");
    }

    /// <summary>As the name of a JSON field.</summary>
    public string AsKey() => this switch
    {
        Text text => text.Value,
        Boolean boolean => boolean.Value ? "true" : "false",
        Integer integer => integer.Value.ToString(CultureInfo.InvariantCulture),
        Real real => real.Value.ToString("R", CultureInfo.InvariantCulture),
        _ => "null",
    };

    private static YamlValue Plain(string text) => text switch
    {
        "" or "~" or "null" or "Null" or "NULL" => new Nothing(),
        "y" or "Y" or "yes" or "Yes" or "YES" or "true" or "True" or "TRUE" or "on" or "On" or "ON" =>
            new Boolean(true),
        "n" or "N" or "no" or "No" or "NO" or "false" or "False" or "FALSE" or "off" or "Off" or "OFF" =>
            new Boolean(false),
        ".nan" or ".NaN" or ".NAN" => new Real(double.NaN),
        ".inf" or ".Inf" or ".INF" or "+.inf" or "+.Inf" or "+.INF" => new Real(double.PositiveInfinity),
        "-.inf" or "-.Inf" or "-.INF" => new Real(double.NegativeInfinity),
        [>= '0' and <= '9', ..] or ['+' or '-' or '.', _, ..] => Number(text),
        _ => new Text(text),
    };

    private static YamlValue Number(string text)
    {
        var plain = text.Replace("_", "", StringComparison.Ordinal);
        var negative = plain[0] == '-';
        var digits = plain[0] is '-' or '+' ? plain[1..] : plain;
        if (TryInteger(digits, out var magnitude))
        {
            return new Integer(negative ? -magnitude : magnitude);
        }

        return FloatForm().IsMatch(plain)
            && double.TryParse(plain, NumberStyles.Float, CultureInfo.InvariantCulture, out var real)
            && double.IsFinite(real)
            ? new Real(real)
            : new Text(text);
    }

    /// <summary>Go's base-0 integers: <c>0x</c>, <c>0o</c>, <c>0b</c>, and YAML 1.1's leading zero for octal.</summary>
    private static bool TryInteger(string digits, out Int128 value)
    {
        var (radix, body) = digits switch
        {
            ['0', 'x' or 'X', ..] => (16, digits[2..]),
            ['0', 'o' or 'O', ..] => (8, digits[2..]),
            ['0', 'b' or 'B', ..] => (2, digits[2..]),
            ['0', _, ..] => (8, digits[1..]),
            _ => (10, digits),
        };
        value = 0;
        if (body.Length is 0 or > 64)
        {
            return false;
        }

        foreach (var character in body)
        {
            var digit = char.IsAsciiHexDigit(character) ? Convert.ToInt32(character.ToString(), 16) : radix;
            if (digit >= radix)
            {
                return false;
            }

            value = value * radix + digit;
            // Larger than any integer field: left to the float form, as a JSON number would be.
            if (value > ulong.MaxValue)
            {
                return false;
            }
        }

        return true;
    }

    [GeneratedRegex(@"^[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?\z")]
    private static partial Regex FloatForm();
}
