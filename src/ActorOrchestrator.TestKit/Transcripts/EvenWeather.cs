using ActorOrchestrator.Simulator.Log;
using ActorOrchestrator.Simulator.Machines;
using ActorOrchestrator.Simulator.Network;

namespace ActorOrchestrator.TestKit.Transcripts;

/// <summary>Fair weather in which nothing takes now longer, now shorter: so a story's times change when the product
/// does something else, and not when it only draws one number more.</summary>
internal static class EvenWeather
{
    private static readonly TimeSpan Moment = TimeSpan.FromMilliseconds(1);
    private static readonly TimeSpan Call = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan Pull = TimeSpan.FromSeconds(3);

    public static readonly LogWeather Log = LogWeather.Fair with { CommitLeast = Moment, CommitMost = Moment };

    public static readonly NetworkWeather Network =
        NetworkWeather.Fair with { DelayLeast = Moment, DelayMost = Moment };

    public static readonly RuntimeWeather Runtime =
        RuntimeWeather.Fair with { CallLeast = Call, CallMost = Call, PullLeast = Pull, PullMost = Pull };
}
