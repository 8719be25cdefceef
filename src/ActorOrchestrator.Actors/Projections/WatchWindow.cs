namespace ActorOrchestrator.Actors.Projections;

/// <summary>The newest rows of the journal, which are kept for watches that resume: as many of them as neither bound
/// leaves out.</summary>
/// <param name="Rows">At least 1.</param>
/// <param name="Bytes">Of their payloads together (the table's <c>message</c>, before it is sealed).</param>
public readonly record struct WatchWindow(long Rows, long Bytes);
