using ActorOrchestrator.TestKit.Transcripts.Kubectl;

namespace ActorOrchestrator.TestKit.Transcripts;

/// <summary>Runs the commands of one transcript, one after the other, on one world.</summary>
internal sealed class Shell
{
    private readonly KubectlCommands _kubectl;
    private readonly WorldCommands _world;
    private readonly Substitution _substitution;
    private List<string> _output = [];

    public Shell(ScriptedWorld world)
    {
        World = world;
        Narrator = new Narrator(Say);
        world.World.Add(Narrator);
        _kubectl = new KubectlCommands(this);
        _world = new WorldCommands(this);
        _substitution = new Substitution(world);
    }

    public ScriptedWorld World { get; }

    public Narrator Narrator { get; }

    /// <returns>The lines that it printed; the story's are among them, where they happened.</returns>
    public IReadOnlyList<string> Execute(TranscriptStep step)
    {
        _output = [];
        try
        {
            Execute(Words.Split(_substitution.Replace(step.Command)), DocumentOf(step));
        }
        catch (Exception problem) when (problem is CommandException or TestKitException)
        {
            Say(problem.Message);
        }

        return _output;
    }

    public void Say(string text) => _output.AddRange(text.Split('\n').Select(line => line.TrimEnd()));

    private void Execute(string[] words, string document)
    {
        switch (words)
        {
            case ["kubectl", .. var rest]:
                _kubectl.Execute(Arguments.Parse(rest), document);
                break;
            case ["world", .. var rest]:
                _world.Execute(rest);
                break;
            default:
                throw new CommandException($"{string.Join(' ', words)}: no such command; there are kubectl and world");
        }
    }

    private static string DocumentOf(TranscriptStep step) => string.Join('\n', step.Document.SkipLast(1));
}

/// <summary>A command that cannot be carried out, in the words that it prints.</summary>
internal sealed class CommandException(string message) : Exception(message);
