namespace ActorOrchestrator.Gateway.Telemetry;

/// <summary>Names in Prometheus' alphabet: letters, digits and underscores, no digit first.</summary>
internal static class MetricName
{
    public static string Of(string name) => string.Create(name.Length, name, static (span, text) =>
    {
        for (var i = 0; i < span.Length; i++)
        {
            var fits = char.IsAsciiLetter(text[i]) || (i > 0 && char.IsAsciiDigit(text[i]));
            span[i] = fits ? text[i] : '_';
        }
    });
}
