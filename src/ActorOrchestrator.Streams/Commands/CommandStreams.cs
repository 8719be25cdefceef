using System.Threading.Channels;

namespace ActorOrchestrator.Streams.Commands;

/// <summary>Which of its streams somebody wants of a process; a terminal has no standard error of its own.</summary>
public sealed record CommandShape(bool Input, bool Output, bool Error, bool Terminal);

/// <summary>
/// What a process in a container is connected to. Each stream is null where the shape does not ask for it; the input is
/// read, the others are written, and who made them closes them.
/// </summary>
/// <param name="Sizes">Of the terminal, each time it has changed.</param>
public sealed record CommandStreams(
    Stream? Input, Stream? Output, Stream? Error, ChannelReader<TerminalSize> Sizes);
