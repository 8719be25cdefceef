namespace ActorOrchestrator.TestKit.Transcripts;

/// <summary>
/// Commands in, the cluster's story out: a file of kubectl commands, as a user would type them, and of world commands
/// for what a user cannot do (power, cables, clocks, disks), run on a simulated cluster. The same file gives the same
/// story each time, so what it prints is kept in it and compared.
/// </summary>
public static class Transcript
{
    /// <summary>Runs a transcript.</summary>
    /// <param name="text">The file; see <c>docs/testing.md</c> for its form.</param>
    /// <param name="trace">Where the trace of everything goes, if anywhere.</param>
    /// <returns>The file with what the commands really printed.</returns>
    /// <exception cref="FormatException">The text is no transcript.</exception>
    public static string Run(string text, TextWriter? trace = null)
    {
        var file = TranscriptFile.Parse(text);
        using var world = new ScriptedWorld(file.Seed, trace)
        {
            LogWeather = EvenWeather.Log,
            NetworkWeather = EvenWeather.Network,
            RuntimeWeather = EvenWeather.Runtime,
        };
        var shell = new Shell(world);
        return file.With([.. file.Steps.Select(shell.Execute)]);
    }
}
