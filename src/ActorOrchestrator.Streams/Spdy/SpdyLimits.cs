namespace ActorOrchestrator.Streams.Spdy;

/// <param name="StreamsMax">Streams of the other end that are open at once; more are refused.</param>
/// <param name="WindowBytes">What of a stream waits here to be read. Beyond that nothing more is taken from the
/// connection, so that the other end waits too.</param>
public sealed record SpdyLimits(int StreamsMax, int WindowBytes);
