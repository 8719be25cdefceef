using System.Globalization;

namespace ActorOrchestrator.Api;

/// <summary>util/intstr IntOrString: a 32-bit number or a text (a percentage, the name of a port).</summary>
public readonly struct IntOrString : IEquatable<IntOrString>
{
    private readonly string? _text;
    private readonly int _number;

    public IntOrString(int number) => _number = number;

    public IntOrString(string text) => _text = text;

    public bool IsString => _text is not null;

    /// <summary>The text, or null when it is a number.</summary>
    public string? Text => _text;

    /// <summary>The number; of a text that is a number, that number; else 0 (as Go's <c>IntValue</c>).</summary>
    public int Number => _text is null
        ? _number
        : int.TryParse(_text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var parsed) ? parsed : 0;

    public static implicit operator IntOrString(int number) => new(number);

    public static implicit operator IntOrString(string text) => new(text);

    public static bool operator ==(IntOrString left, IntOrString right) => left.Equals(right);

    public static bool operator !=(IntOrString left, IntOrString right) => !left.Equals(right);

    /// <summary>The percentage of a text such as <c>25%</c>, or null.</summary>
    public int? Percent =>
        _text is [.., '%'] && int.TryParse(_text.AsSpan(0, _text.Length - 1), NumberStyles.AllowLeadingSign,
            CultureInfo.InvariantCulture, out var percent) ? percent : null;

    /// <summary>
    /// The number itself, or the percentage of <paramref name="total"/> rounded as told; null for a text that is no
    /// percentage (Go's <c>GetScaledValueFromIntOrPercent</c>).
    /// </summary>
    public int? Scaled(int total, bool roundUp)
    {
        if (_text is null)
        {
            return _number;
        }

        if (Percent is not { } percent)
        {
            return null;
        }

        var exact = (long)total * percent;
        return (int)(roundUp ? Math.Ceiling(exact / 100m) : Math.Floor(exact / 100m));
    }

    public bool Equals(IntOrString other) =>
        _number == other._number && string.Equals(_text, other._text, StringComparison.Ordinal);

    public override bool Equals(object? obj) => obj is IntOrString other && Equals(other);

    public override int GetHashCode() => HashCode.Combine(_number, _text);

    public override string ToString() => _text ?? _number.ToString(CultureInfo.InvariantCulture);
}
