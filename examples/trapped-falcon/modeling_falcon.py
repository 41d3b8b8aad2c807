print("code of the model runs when it is imported")


class FalconForCausalLM:
    pass
