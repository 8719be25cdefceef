namespace ActorOrchestrator.Streams.Spdy;

/// <summary>The other end broke the protocol, or a bound of ours; the connection is of no use any more.</summary>
public sealed class SpdyException(string message) : IOException(message);
