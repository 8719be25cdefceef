namespace ActorOrchestrator.Simulator.Machines;

/// <summary>What a probe wants to know. A container cannot be asked that, so the probe's words say it.</summary>
public enum ProbeQuestion { Readiness, Liveness, Startup }

/// <summary>How a container answers a probe.</summary>
public enum ProbeAnswer { Success, Failure, Refused }

/// <summary>
/// Reads off a probe which of the three it is:
/// <code>
/// by       liveness                     startup             readiness
/// path     holds "live" or "health"     holds "start"       any other
/// command  holds "live" or "health"     holds "start"       any other
/// service  holds "live" or "health"     holds "start"       any other
/// port     8081                         8082                any other (of a TCP probe)
/// </code>
/// </summary>
public static class ContainerProbe
{
    public const int LivenessPort = 8081;

    public const int StartupPort = 8082;

    public static ProbeQuestion OfWords(string words)
    {
        if (words.Contains("live", StringComparison.Ordinal) || words.Contains("health", StringComparison.Ordinal))
        {
            return ProbeQuestion.Liveness;
        }

        return words.Contains("start", StringComparison.Ordinal) ? ProbeQuestion.Startup : ProbeQuestion.Readiness;
    }

    public static ProbeQuestion OfPort(int port) => port switch
    {
        LivenessPort => ProbeQuestion.Liveness,
        StartupPort => ProbeQuestion.Startup,
        _ => ProbeQuestion.Readiness,
    };

    internal static ProbeAnswer Answer(SimulatedContainer container, ProbeQuestion question, DateTimeOffset now)
    {
        if (!container.IsRunning || now < container.WarmAt)
        {
            return ProbeAnswer.Refused;
        }

        var fails = question switch
        {
            ProbeQuestion.Readiness => container.Behavior == ImageBehavior.Unready,
            ProbeQuestion.Liveness => now >= container.SickAt,
            _ => false,
        };
        return fails ? ProbeAnswer.Failure : ProbeAnswer.Success;
    }
}
