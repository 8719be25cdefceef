namespace ActorOrchestrator.TestKit.Transcripts.Kubectl;

/// <summary>
/// kubectl as far as transcripts need it: the same requests, and the same words on the screen (those of 1.35). Where it
/// differs: <c>apply</c> goes server-side, what kubectl watches is asked for again each second, and without
/// <c>--timeout</c> it gives up after ten minutes.
/// </summary>
internal sealed class KubectlCommands
{
    private readonly SortedDictionary<string, Action<Arguments, string>> _verbs = new(StringComparer.Ordinal);

    public KubectlCommands(Shell shell)
    {
        var api = new ApiSession(shell.World);
        var changes = new ChangeCommands(shell, api);
        var creation = new CreateCommands(shell, api);
        var nodes = new NodeCommands(shell, api);
        _verbs.Add("get", (arguments, _) => new GetCommand(shell, api).Execute(arguments));
        _verbs.Add("describe", (arguments, _) => new DescribeCommand(shell, api).Execute(arguments));
        _verbs.Add("apply", creation.Apply);
        _verbs.Add("create", creation.Create);
        _verbs.Add("run", (arguments, _) => creation.Run(arguments));
        _verbs.Add("scale", (arguments, _) => changes.Scale(arguments));
        _verbs.Add("set", (arguments, _) => changes.SetImage(arguments));
        _verbs.Add("patch", (arguments, _) => changes.Patch(arguments));
        _verbs.Add("label", (arguments, _) => changes.Label(arguments));
        _verbs.Add("rollout", (arguments, _) => new RolloutCommands(shell, api).Execute(arguments));
        _verbs.Add("delete", (arguments, _) => new DeleteCommand(shell, api).Execute(arguments));
        _verbs.Add("cordon", (arguments, _) => nodes.Cordon(arguments, unschedulable: true));
        _verbs.Add("uncordon", (arguments, _) => nodes.Cordon(arguments, unschedulable: false));
        _verbs.Add("drain", (arguments, _) => nodes.Drain(arguments));
    }

    /// <param name="arguments">From the verb on.</param>
    /// <param name="document">What comes in by <c>-f -</c>.</param>
    public void Execute(Arguments arguments, string document)
    {
        var verb = arguments.Word(0, "the command");
        if (!_verbs.TryGetValue(verb, out var run))
        {
            throw new CommandException(
                $"error: unknown command \"{verb}\" for \"kubectl\"; there are {string.Join(", ", _verbs.Keys)}");
        }

        run(arguments, document);
    }
}
