using System.Globalization;

namespace ActorOrchestrator.Api;

/// <summary>meta/v1 MicroTime: a moment that is written with six digits of a second.</summary>
public readonly record struct MicroTime(DateTimeOffset Value)
{
    public override string ToString() =>
        Value.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture);
}
