namespace ActorOrchestrator.Gateway.Streaming;

/// <summary>How long clients of streams are waited for.</summary>
internal static class StreamBounds
{
    /// <summary>For the streams that a client opens after the upgrade (kubelet's streamCreationTimeout).</summary>
    public static readonly TimeSpan Opening = TimeSpan.FromSeconds(30);

    /// <summary>For a client to close its end. Closed from here at once, what it has not read yet may be lost to
    /// it.</summary>
    public static readonly TimeSpan Goodbye = TimeSpan.FromSeconds(5);

    /// <summary>Between signs of life that nobody asked for: a client whose own pings wait behind bytes that the
    /// process does not take sees by them that this end is there (kubectl gives up after a minute).</summary>
    public static readonly TimeSpan SignOfLife = TimeSpan.FromSeconds(10);
}
