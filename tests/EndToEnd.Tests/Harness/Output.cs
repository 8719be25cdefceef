namespace ActorOrchestrator.EndToEnd.Tests.Harness;

/// <summary>What a command did. Its assertions show the command with all it printed.</summary>
internal sealed record Output(string Command, int ExitCode, string Text, string Errors)
{
    /// <summary>Fails unless the command succeeded.</summary>
    public Output Ok()
    {
        Assert.True(ExitCode == 0, $"expected success of {this}");
        return this;
    }

    /// <summary>Fails unless the command failed, and said each of <paramref name="parts"/>.</summary>
    public Output Fails(params string[] parts)
    {
        Assert.True(ExitCode != 0, $"expected a failure of {this}");
        return Says(parts);
    }

    /// <summary>Fails unless each of <paramref name="parts"/> was printed, on either stream.</summary>
    public Output Says(params string[] parts)
    {
        foreach (var part in parts)
        {
            Assert.True(
                Text.Contains(part, StringComparison.Ordinal) || Errors.Contains(part, StringComparison.Ordinal),
                $"expected '{part}' of {this}");
        }
        return this;
    }

    public Output DoesNotSay(string part)
    {
        Assert.False((Text + Errors).Contains(part, StringComparison.Ordinal), $"did not expect '{part}' of {this}");
        return this;
    }

    /// <summary>Standard output as lines, without empty ones.</summary>
    public IReadOnlyList<string> Lines => Text.Split('\n', StringSplitOptions.RemoveEmptyEntries);

    public override string ToString() =>
        $"`{Command}`, which ended with {ExitCode}\n--- output\n{Text}\n--- errors\n{Errors}";
}
