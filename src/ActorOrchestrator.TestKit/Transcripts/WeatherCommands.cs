using ActorOrchestrator.Simulator.Log;
using ActorOrchestrator.Simulator.Machines;
using ActorOrchestrator.Simulator.Network;

namespace ActorOrchestrator.TestKit.Transcripts;

/// <summary>
/// How disk, network and container runtimes behave from now on:
/// <code>
/// world log away | fails 50% | stalls 50% | fair
/// world network loses 10% | doubles 10% | delays 10% | fair
/// world runtime away | fails 10% | fair
/// </code>
/// </summary>
internal sealed class WeatherCommands(ScriptedWorld world)
{
    public void Execute(string[] words)
    {
        switch (words)
        {
            case ["log", .. var rest]:
                world.LogWeather = LogOf(world.LogWeather, rest);
                break;
            case ["network", .. var rest]:
                world.NetworkWeather = NetworkOf(world.NetworkWeather, rest);
                break;
            case ["runtime", .. var rest]:
                world.RuntimeWeather = RuntimeOf(world.RuntimeWeather, rest);
                break;
        }
    }

    private static LogWeather LogOf(LogWeather now, string[] words) => words switch
    {
        ["away"] => now with { IsAway = true },
        ["fails", var share] => now with { FailChance = Words.Share(share) },
        ["stalls", var share] => now with { StallChance = Words.Share(share) },
        ["fair"] => EvenWeather.Log,
        _ => throw Unknown("log", words),
    };

    private static NetworkWeather NetworkOf(NetworkWeather now, string[] words) => words switch
    {
        ["loses", var share] => now with { LossChance = Words.Share(share) },
        ["doubles", var share] => now with { DoubleChance = Words.Share(share) },
        ["delays", var share] => now with { LateChance = Words.Share(share) },
        ["fair"] => EvenWeather.Network,
        _ => throw Unknown("network", words),
    };

    private static RuntimeWeather RuntimeOf(RuntimeWeather now, string[] words) => words switch
    {
        ["away"] => now with { IsAway = true },
        ["fails", var share] => now with { FailBeforeChance = Words.Share(share) },
        ["fair"] => EvenWeather.Runtime,
        _ => throw Unknown("runtime", words),
    };

    private static CommandException Unknown(string what, string[] words) =>
        new($"there is no \"world {what} {string.Join(' ', words)}\"");
}
