using ActorOrchestrator.Api;

namespace ActorOrchestrator.Actors.Views;

/// <summary>Writes the journal's ordering into an object as its resourceVersion.</summary>
internal static class Stamp
{
    public static KubeObject Version(KubeObject value, long version)
    {
        var text = version.ToString();
        return value.Metadata.ResourceVersion == text
            ? value
            : value with { Metadata = value.Metadata with { ResourceVersion = text } };
    }
}
