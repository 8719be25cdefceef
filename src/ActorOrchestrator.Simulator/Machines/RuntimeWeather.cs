namespace ActorOrchestrator.Simulator.Machines;

/// <summary>How a machine's container runtime, its containers and its disk behave at the moment.</summary>
public sealed record RuntimeWeather
{
    public static readonly RuntimeWeather Fair = new();

    /// <summary>One way between an agent and its runtime, and what the runtime needs for a small work.</summary>
    public TimeSpan CallLeast { get; init; } = TimeSpan.FromMilliseconds(1);

    public TimeSpan CallMost { get; init; } = TimeSpan.FromMilliseconds(20);

    public TimeSpan PullLeast { get; init; } = TimeSpan.FromSeconds(1);

    public TimeSpan PullMost { get; init; } = TimeSpan.FromSeconds(8);

    /// <summary>Share of calls that fail with nothing done.</summary>
    public double FailBeforeChance { get; init; }

    /// <summary>Share of calls that are carried out and answered with a failure.</summary>
    public double FailAfterChance { get; init; }

    /// <summary>Share of calls without an answer, carried out or not: they fail by their timeout.</summary>
    public double HangChance { get; init; }

    /// <summary>Share of exits that no event tells.</summary>
    public double LostExitChance { get; init; }

    /// <summary>
    /// Share of exits whose event is lost because the stream breaks just then: a Reconnected follows.
    /// </summary>
    public double BrokenStreamChance { get; init; }

    /// <summary>Mean time between crashes of a running container, beside what its image does; zero: none.</summary>
    public TimeSpan CrashMean { get; init; }

    /// <summary>Mean time between deaths of a sandbox; zero: none.</summary>
    public TimeSpan SandboxCrashMean { get; init; }

    /// <summary>Share of kills that take up to <see cref="StuckKillMost"/>: a process stuck in the kernel.</summary>
    public double StuckKillChance { get; init; }

    public TimeSpan StuckKillMost { get; init; } = TimeSpan.FromMinutes(4);

    /// <summary>The runtime does not answer: calls fail, the event stream breaks, containers run on.</summary>
    public bool IsAway { get; init; }

    /// <summary>Share of network probes that nobody answers.</summary>
    public double ProbeLossChance { get; init; }

    /// <summary>Share of volumes and mounts that cannot be had, and of removals that fail.</summary>
    public double FilesFailChance { get; init; }
}
